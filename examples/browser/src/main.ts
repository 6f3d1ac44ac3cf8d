import { NoticeView } from "./notice.ts";
import { workOffline } from "./offline.ts";
import { element, onceAFrame } from "./page.ts";
import { RunView } from "./run-view.ts";
import { Samples } from "./samples.ts";
import { Session } from "./session.ts";
import { Setup } from "./setup.ts";
import { Writer } from "./writer.ts";

const session = new Session(onceAFrame(show));
const views = [
  new NoticeView(),
  new Setup(session),
  new RunView(session),
  new Samples(),
  new Writer(session),
];

function show(): void {
  for (const view of views) view.show(session);
}

element("setup").addEventListener("chosen", show);
// A phone may end a hidden page at any time.
document.addEventListener("visibilitychange", () => {
  if (document.hidden) session.save().catch(() => {});
});

workOffline();
await session.wake();
