import { elsewhere } from "../runs/shelf.ts";

/** Says that another tab has the runs of this browser, if it is so: two tabs would overwrite each other's. */
export function OtherTab() {
  if (!elsewhere.value) return null;
  return (
    <p class="other-tab" role="status">
      Another tab has the studio open, and your runs are there. What you train or open in this tab is lost
      when you close it. To have your runs here, close the other tab and reload this page.
    </p>
  );
}
