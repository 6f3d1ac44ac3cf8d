import { useEffect } from "preact/hooks";
import { openAndGo } from "./runs.tsx";

/**
 * Opens a model file that is dropped anywhere. Other files belong to the form of a task, if there is one on the page; elsewhere the
 * library says what is wrong with them.
 */
export function useModelDrop(): void {
  useEffect(() => {
    const fileOf = ({ dataTransfer }: DragEvent) => dataTransfer?.files[0];
    const over = (event: DragEvent) => {
      if (event.dataTransfer?.types.includes("Files")) event.preventDefault(); // else the browser leaves the page for the file
    };
    const take = (event: DragEvent) => {
      const file = fileOf(event);
      if (!file) return;
      event.preventDefault();
      event.stopPropagation();
      openAndGo(file);
    };
    const takeModel = (event: DragEvent) => {
      if (fileOf(event)?.name.endsWith(".safetensors")) take(event);
    };
    const takeRest = (event: DragEvent) => {
      if (!event.defaultPrevented) take(event);
    };
    addEventListener("dragover", over);
    addEventListener("drop", takeModel, { capture: true });
    addEventListener("drop", takeRest);
    return () => {
      removeEventListener("dragover", over);
      removeEventListener("drop", takeModel, { capture: true });
      removeEventListener("drop", takeRest);
    };
  }, []);
}
