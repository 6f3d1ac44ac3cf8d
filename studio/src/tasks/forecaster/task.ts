import { number } from "../../ui/words.ts";
import type { StudioTask } from "../task.ts";

/** Forecasters of columns of numbers. */
export const forecaster: StudioTask = {
  task: "forecaster",
  title: "Forecast numbers",
  about: "The network reads a series of numbers, such as sales or temperatures, and continues it.",
  group: "Forecast",
  seconds: 5,
  format: {
    about:
      "A table with a row for each day, month or other step, the oldest first: CSV with a header, or a number in each line. Dates are left out.",
    example: "month,passengers\n1949-01,112\n1949-02,118",
    accept: ".csv,.tsv,.txt,.json,.jsonl,text/*",
  },
  lossUnit: "squared error of scaled numbers",
  scores: ({ mae, persistence }) => [
    {
      name: "Mean error",
      value: number(mae, 2),
      about: "How far a forecast is off, in the unit of the data. Lower is better.",
    },
    {
      name: "If all stayed as it is",
      value: number((persistence as { mae?: number } | undefined)?.mae, 2),
      about:
        "The mean error of the forecast that repeats the last number. A network that is not better has learned nothing.",
    },
  ],
  use: () => import("./outlook.tsx").then(({ Outlook }) => Outlook),
};
