"use client";

import { useEffect, useState } from "react";
import { trainInWorker } from "../worker.js";

export default function Page() {
  const [answer, setAnswer] = useState();
  useEffect(() => {
    trainInWorker().then(setAnswer, (error) => setAnswer(String(error.stack)));
  }, []);
  return <output>{answer}</output>;
}
