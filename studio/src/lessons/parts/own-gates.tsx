import { chosenView } from "../../inside/views.ts";
import { runs } from "../../runs/shelf.ts";
import { address } from "../../ui/router.ts";

/** The way from a lesson to the gates of a run of one's own with this cell. */
export function OwnGates({ cell, name }: { readonly cell: "gru" | "lstm"; readonly name: string }) {
  const run = runs.value.find(({ spec }) => spec.cell === cell);
  return (
    <p>
      {run ? (
        <>
          You have trained a network with this cell:{" "}
          <a
            href={address("run", run.id)}
            onClick={() => {
              chosenView(run.id).value = "gates";
            }}
          >
            see the gates of {run.name}
          </a>
          .
        </>
      ) : (
        <>
          To see the gates of a network of your own, <a href={address("task", "language-model")}>train one</a>{" "}
          with the cell {name} and open “Gates” under “Look inside”.
        </>
      )}
    </p>
  );
}
