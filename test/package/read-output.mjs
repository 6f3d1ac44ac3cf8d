/** ms that a page may take to answer. */
const LONGEST = 60_000;

/** Returns the text of the page's `<output>`. @throws Error with what the page has logged if there is none in time */
export async function readOutput(browser, url) {
  const page = await browser.newPage();
  const logged = [];
  page.on("pageerror", (error) => logged.push(error.message));
  page.on("console", (message) => message.type() === "error" && logged.push(message.text()));
  try {
    await page.goto(url);
    const text = await page.waitForFunction(() => document.querySelector("output")?.textContent, undefined, {
      timeout: LONGEST,
    });
    return await text.jsonValue();
  } catch (error) {
    throw new Error([error.message, ...logged].join("\n"));
  } finally {
    await page.close();
  }
}
