import { datasetsOf } from "../tasks/examples.ts";
import { TaskIcon } from "../tasks/icons.tsx";
import { STUDIO_TASKS } from "../tasks/index.ts";
import { GROUPS, type StudioTask } from "../tasks/task.ts";
import { address } from "../ui/router.ts";

/** The first page: what one can do here. */
export function Home() {
  return (
    <>
      <section class="hero">
        <h1 tabIndex={-1}>Train a recurrent network, and look inside it</h1>
        <p>
          A recurrent network reads a sequence step by step and remembers. Choose what it should learn: it
          trains in this page in less than a minute. Nothing leaves your computer.
        </p>
        <p class="buttons">
          <a class="button primary" href={address("task", "language-model")}>
            Start with a text
          </a>
          <a class="button" href={address("lessons")}>
            Learn how it works
          </a>
          <a class="button" href={address("lesson", "lstm")}>
            See what a forget gate does
          </a>
        </p>
      </section>
      <section class="tasks" aria-labelledby="tasks-title">
        <h2 id="tasks-title">What should it learn?</h2>
        {GROUPS.map((group) => {
          const tasks = STUDIO_TASKS.filter((task) => task.group === group);
          return (
            <section key={group} class={`group of-${tasks.length}`} aria-label={group}>
              <h3>{group}</h3>
              <ul class="cards">
                {tasks.map((task) => (
                  <li key={task.task}>
                    <TaskCard {...task} />
                  </li>
                ))}
              </ul>
            </section>
          );
        })}
      </section>
    </>
  );
}

function TaskCard({ task, title, about, seconds }: StudioTask) {
  return (
    <a class="card task-card" href={address("task", task)}>
      <span class="task-title">
        <TaskIcon task={task} />
        <strong>{title}</strong>
      </span>
      <span>{about}</span>
      <span class="about">
        {datasetsOf(task)
          .map(({ title }) => title)
          .join(" · ")}
        {" · "}
        {`about ${seconds} s`}
      </span>
    </a>
  );
}
