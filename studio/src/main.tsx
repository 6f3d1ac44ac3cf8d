import { render } from "preact";
import { App } from "./app.tsx";
import { workOffline } from "./offline.ts";
import { openShelf } from "./runs/shelf.ts";
import { closeErrors, closeNews } from "./ui/notices.tsx";

render(<App />, document.getElementById("app")!);
addEventListener("hashchange", closeErrors); // an error belongs to the page where it arose
addEventListener("hashchange", closeNews);
void openShelf();
void workOffline();
