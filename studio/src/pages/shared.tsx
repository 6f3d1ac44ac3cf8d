import { useEffect, useState } from "preact/hooks";
import { openShared } from "../desk/open.ts";
import { idOfLink, unpacked } from "../runs/link.ts";
import { tell } from "../ui/notices.tsx";
import { address } from "../ui/router.ts";
import { failure, type Notice } from "../ui/words.ts";

/** Puts the model of a link on the shelf and goes to its page, which takes the link's place in the history. */
export function SharedPage({ link }: { readonly link: string }) {
  const [problem, setProblem] = useState<Notice>();
  useEffect(() => {
    let current = true;
    const open = async () => {
      const id = await openShared(await unpacked(link), idOfLink(link));
      if (!current) return;
      location.replace(address("run", id));
      tell({ kind: "info", title: "A shared model", text: "It is now among your runs." });
    };
    open().catch((error) => current && setProblem(failure(error)));
    return () => {
      current = false;
    };
  }, [link]);
  if (!problem) return <h1 tabIndex={-1}>Opening the shared model …</h1>;
  return (
    <div role="alert">
      <h1 tabIndex={-1}>{problem.title}</h1>
      <p>{problem.text}</p>
      <p>
        <a href={address("runs")}>Your runs</a> opens model files.
      </p>
    </div>
  );
}
