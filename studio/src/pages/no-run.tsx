import { deletedRuns, elsewhere, undeleteRun } from "../runs/shelf.ts";
import { tellError } from "../ui/notices.tsx";
import { address } from "../ui/router.ts";
import { OtherTab } from "./other-tab.tsx";

/** What the address of a run shows that is not there. */
export function NoRun({ id }: { readonly id: string }) {
  const deleted = deletedRuns.value.find((run) => run.id === id);
  if (deleted) {
    return (
      <>
        <h1 tabIndex={-1}>This run is deleted</h1>
        <p>You have deleted “{deleted.name}”. Until you open the studio again, it can be taken back.</p>
        <p class="buttons">
          <button type="button" class="primary" onClick={() => undeleteRun(id).catch(tellError)}>
            Take back
          </button>
          <a class="button" href={address("runs")}>
            Your runs
          </a>
        </p>
      </>
    );
  }
  return (
    <>
      <h1 tabIndex={-1}>{elsewhere.value ? "This run is not in this tab" : "There is no such run"}</h1>
      <OtherTab />
      <p>
        {!elsewhere.value && "It may have been deleted, or it is in another browser. "}
        <a href={address("runs")}>Your runs</a>
      </p>
    </>
  );
}
