"use client";

import { useEffect, useState } from "react";

/** As the first page, with a library that is loaded when it is needed. */
export default function Page() {
  const [answer, setAnswer] = useState();
  useEffect(() => {
    import("../../worker.js")
      .then(({ trainInWorker }) => trainInWorker({ workers: 2 }))
      .then(setAnswer, (error) => setAnswer(String(error.stack)));
  }, []);
  return <output>{answer}</output>;
}
