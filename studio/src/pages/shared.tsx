import { useEffect, useState } from "preact/hooks";
import { openShared } from "../desk/open.ts";
import { idOfLink, unpacked } from "../runs/link.ts";
import { tell } from "../ui/notices.tsx";
import { address } from "../ui/router.ts";

/** Puts the model of a link on the shelf and goes to its page, which takes the link's place in the history. */
export function SharedPage({ link }: { readonly link: string }) {
  const [problem, setProblem] = useState<string>();
  useEffect(() => {
    const open = async () => {
      const id = await openShared(await unpacked(link), idOfLink(link));
      location.replace(address("run", id));
      tell({ kind: "info", title: "A shared model", text: "It is now among your runs." }, { seconds: 20 });
    };
    open().catch(({ message }) => setProblem(message));
  }, [link]);
  if (!problem) return <h1 tabIndex={-1}>Opening the shared model …</h1>;
  return (
    <>
      <h1 tabIndex={-1}>This link does not hold a whole model</h1>
      <p>Some programs cut long links. Ask for the file of the model instead, or for the link once more.</p>
      <p class="about">{problem}</p>
    </>
  );
}
