import { STUDIO_TASKS } from "../tasks/index.ts";
import { address } from "../ui/router.ts";
import { OtherTab } from "./other-tab.tsx";
import { SetUp } from "./set-up.tsx";

/** Sets up a new run of a task. */
export function TaskPage({ task }: { readonly task: string }) {
  const found = STUDIO_TASKS.find((one) => one.task === task);
  if (found) {
    return (
      <>
        <h1 tabIndex={-1}>{found.title}</h1>
        <p>{found.about}</p>
        <OtherTab />
        <SetUp task={found} />
      </>
    );
  }
  return (
    <>
      <h1 tabIndex={-1}>There is no such task</h1>
      <p>
        <a href={address("home")}>All tasks</a>
      </p>
    </>
  );
}
