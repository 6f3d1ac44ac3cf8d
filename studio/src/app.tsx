import { useEffect, useRef } from "preact/hooks";
import { offline } from "./offline.ts";
import { AboutPage } from "./pages/about.tsx";
import { useModelDrop } from "./pages/drop.ts";
import { FurtherPage } from "./pages/further.tsx";
import { Home } from "./pages/home.tsx";
import { LessonPage, LessonsPage } from "./pages/lessons.tsx";
import { RunPage } from "./pages/run.tsx";
import { RunsPage } from "./pages/runs.tsx";
import { SharedPage } from "./pages/shared.tsx";
import { TaskPage } from "./pages/task.tsx";
import { Notices } from "./ui/notices.tsx";
import { address, type Route, route } from "./ui/router.ts";

const LINKS = [
  ["home", "Tasks"],
  ["lessons", "Lessons"],
  ["runs", "Your runs"],
  ["about", "About"],
] as const;

/** The link of the header to which a page belongs. */
const SECTION: Readonly<Record<string, string>> = {
  task: "home",
  run: "runs",
  further: "runs",
  shared: "runs",
  lesson: "lessons",
};

/** The whole studio: the frame, and the page of the address. */
export function App() {
  const main = useRef<HTMLElement>(null);
  const first = useRef(true);
  const { page, parameter } = route.value;
  useModelDrop();
  useEffect(() => {
    if (first.current) first.current = false;
    else main.current!.querySelector<HTMLElement>("h1")?.focus();
  }, [page, parameter]);
  return (
    <>
      <button
        type="button"
        class="skip"
        onClick={() => main.current!.querySelector<HTMLElement>("h1")?.focus()}
      >
        Skip to the content
      </button>
      <header>
        <a class="brand" href={address("home")}>
          <img src="./icon.svg" alt="" width="36" height="36" /> unrolled studio
        </a>
        <nav aria-label="Studio">
          {LINKS.map(([to, name]) => (
            <a
              key={to}
              href={address(to)}
              aria-current={to === page ? "page" : to === SECTION[page] ? "true" : undefined}
            >
              {name}
            </a>
          ))}
        </nav>
      </header>
      <main ref={main} key={`${page}/${parameter}`}>
        <Page page={page} parameter={parameter} />
      </main>
      <Notices />
      <footer>
        <p role="status">{offline.value}</p>
      </footer>
    </>
  );
}

function Page({ page, parameter }: Route) {
  switch (page) {
    case "task":
      return <TaskPage task={parameter} />;
    case "run":
      return <RunPage id={parameter} />;
    case "further":
      return <FurtherPage id={parameter} />;
    case "runs":
      return <RunsPage />;
    case "shared":
      return <SharedPage link={parameter} />;
    case "lessons":
      return <LessonsPage />;
    case "lesson":
      return <LessonPage id={parameter} />;
    case "about":
      return <AboutPage />;
    default:
      return <Home />;
  }
}
