import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import names from "../data/names.tsv?raw";
import { NameTrainer } from "./app.tsx";

createRoot(document.getElementById("root")!).render(
  <StrictMode>
    <NameTrainer text={names.replace(/\t.*/g, "")} />
  </StrictMode>,
);
