import { TASKS } from "unrolled/tasks";
import { describe, expect, it } from "vitest";
import { datasetsOf } from "../../../studio/src/tasks/examples.ts";
import { STUDIO_TASKS } from "../../../studio/src/tasks/index.ts";
import { forLibrary } from "../../../studio/src/tasks/setup/own-options.tsx";
import { modelFor, ownRecipe } from "../../../studio/src/tasks/setup/own-recipe.ts";
import { pastedFile } from "../../../studio/src/tasks/setup/pasted.ts";
import { defaultsOf, recipeOf, settingsOf, withSettings } from "../../../studio/src/tasks/setup/settings.ts";

describe("tasks of the studio", () => {
  it("are those of the library, each with data", () => {
    expect(STUDIO_TASKS.map(({ task }) => task).sort()).toEqual(TASKS.map(({ Model }) => Model.task).sort());
    for (const { task } of STUDIO_TASKS) expect(datasetsOf(task).length, task).toBeGreaterThan(0);
  });

  it.each(TASKS.map((task) => [task.Model.task, task] as const))(
    "%s has the library's defaults",
    (name, task) => {
      const { lr, batch } = task.defaultRecipe();
      expect(defaultsOf(name as never)).toMatchObject({ lr, batch });
    },
  );
});

describe("settings", () => {
  const [dataset] = datasetsOf("encoder-decoder");
  const recipe = recipeOf(dataset!);
  const settings = settingsOf("encoder-decoder", recipe);

  it("show the recipe, and the library's defaults of what it leaves out", () => {
    expect(settings).toEqual({
      cell: "gru",
      layers: 1,
      hidden: 48,
      lr: 0.008,
      batch: 32,
      times: 12,
      threads: 1,
    });
  });

  it("change nothing by themselves", () => {
    expect(withSettings("encoder-decoder", recipe, settings)).toEqual(recipe);
  });

  it("replace what was changed", () => {
    const changed = withSettings("encoder-decoder", recipe, { ...settings, cell: "lstm", lr: 0.1, times: 3 });
    expect(changed.spec).toEqual({ ...recipe.spec, cell: "lstm" });
    expect(changed.recipe).toEqual({ ...recipe.recipe, lr: 0.1 });
    expect(changed.length).toEqual({ epochs: 3 });
  });
});

describe("the recipe of own data", () => {
  it("reads large data less often and small data more often", () => {
    const dataset = { ...datasetsOf("classifier")[0]!, bytes: 1000, length: { epochs: 12 } };
    const epochs = (bytes: number) => ownRecipe(dataset, bytes).length;
    expect([500, 1000, 4000, 1e6, 1].map(epochs)).toEqual([24, 12, 3, 1, 100].map((epochs) => ({ epochs })));
    expect(ownRecipe(dataset, 4000).why).toContain(
      "4.0 times as large, so they are read 3 times instead of 12 times",
    );
  });

  it("takes smaller batches of a short text", () => {
    const dataset = datasetsOf("language-model")[0]!;
    expect(ownRecipe(dataset, 1e6).recipe).toEqual(dataset.recipe);
    expect(ownRecipe(dataset, 1200).recipe).toMatchObject({ batch: 3 });
  });

  it("leaves out fields that belong to the data set", () => {
    expect(ownRecipe(datasetsOf("forecaster")[0]!, 5000).spec).toEqual({ cell: "gru" });
  });

  it("is that of words if words are asked for", () => {
    const of = (level?: string) => modelFor(datasetsOf("language-model"), level).id;
    expect([of(), of("word")]).toEqual(["romeo", "sentences"]);
  });
});

describe("own options", () => {
  it("give columns by number or name, and the horizon to the spec", () => {
    expect(forLibrary({ textColumn: "2", labelColumn: "kind", horizon: 3, target: ["a"] })).toEqual({
      options: { textColumn: 2, labelColumn: "kind", target: ["a"] },
      spec: { horizon: 3 },
    });
    expect(forLibrary({})).toEqual({ options: {}, spec: {} });
    expect(forLibrary({ header: "no", missing: "-999, 0.5", decimal: "," }).options).toEqual({
      header: false,
      missing: [-999, 0.5],
      decimal: ",",
    });
    expect(forLibrary({ header: "yes", missing: "none" }).options).toEqual({ header: true, missing: [] });
  });
});

describe("pasted text", () => {
  it("has the name of its format", () => {
    const name = (text: string, task = "classifier") => pastedFile(text, task as never).name;
    expect(name("good\tyes\nbad\tno")).toBe("pasted.txt");
    expect(name("text,label\nfine,good")).toBe("pasted.csv");
    expect(name('{"input": [[1]], "label": "a"}')).toBe("pasted.jsonl");
    expect(name('[\n{"a": 1}]')).toBe("pasted.json");
    expect(name("well, it is, so to say, text")).toBe("pasted.txt");
    expect(name("Yes, I say", "language-model")).toBe("pasted.txt");
  });
});
