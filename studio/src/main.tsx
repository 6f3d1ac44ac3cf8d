import { render } from "preact";
import { App } from "./app.tsx";
import { workOffline } from "./offline.ts";
import { openShelf } from "./runs/shelf.ts";

render(<App />, document.getElementById("app")!);
void openShelf();
void workOffline();
