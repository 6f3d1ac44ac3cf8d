import { LESSONS } from "../lessons/index.ts";
import { Lazy } from "../ui/lazy.tsx";
import { address } from "../ui/router.ts";

const NONE = {};

/** The list of lessons. */
export function LessonsPage() {
  return (
    <>
      <h1 tabIndex={-1}>Lessons</h1>
      <p>Eight short pages on recurrent networks. Each has an experiment that runs while you read.</p>
      <ol class="cards">
        {LESSONS.map(({ id, title, about }, i) => (
          <li key={id}>
            <a class="card" href={address("lesson", id)}>
              <strong>
                {i + 1}. {title}
              </strong>
              <span>{about}</span>
            </a>
          </li>
        ))}
      </ol>
    </>
  );
}

/** One lesson, with the way to the one before and the next. */
export function LessonPage({ id }: { readonly id: string }) {
  const at = LESSONS.findIndex((lesson) => lesson.id === id);
  const lesson = LESSONS[at];
  if (!lesson) return <h1 tabIndex={-1}>There is no such lesson</h1>;
  const [before, next] = [LESSONS[at - 1], LESSONS[at + 1]];
  return (
    <article class="lesson">
      <p class="about">
        Lesson {at + 1} of {LESSONS.length}
      </p>
      <h1 tabIndex={-1}>{lesson.title}</h1>
      <Lazy load={lesson.load} props={NONE} height={600} />
      <nav class="buttons" aria-label="Lessons before and after">
        {before && (
          <a class="button" href={address("lesson", before.id)}>
            Before: {before.title}
          </a>
        )}
        {next ? (
          <a class="button primary" href={address("lesson", next.id)}>
            Next: {next.title}
          </a>
        ) : (
          <>
            <a class="button" href={address("lessons")}>
              All lessons
            </a>
            <a class="button primary" href={address("home")}>
              Train a network of your own
            </a>
          </>
        )}
      </nav>
    </article>
  );
}
