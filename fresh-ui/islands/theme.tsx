/// <reference lib="dom" />
/**
 * Light and dark.
 *
 * @module
 */

import { effect, signal } from "@preact/signals";
import type { VNode } from "preact";
import type { ThemeName } from "../../plots/theme.ts";
import { memory } from "./browser.ts";

/** What the viewer chose; the system's choice if nothing. */
type Choice = "auto" | "light" | "dark";

const NEXT: Readonly<Record<Choice, Choice>> = { auto: "light", light: "dark", dark: "auto" };

const isChoice = (value: unknown): value is Choice =>
  typeof value === "string" && Object.hasOwn(NEXT, value);

const choice = signal<Choice>("auto");
const systemIsDark = signal(false);

/** Which theme plots are drawn in. */
export function currentTheme(): ThemeName {
  if (choice.value !== "auto") return choice.value;
  return systemIsDark.value ? "dark" : "light";
}

/** Applies the theme to the document and follows the system. */
export function followTheme(): void {
  choice.value = memory.get("theme", isChoice) ?? "auto";
  const query = matchMedia("(prefers-color-scheme: dark)");
  systemIsDark.value = query.matches;
  query.addEventListener("change", () => systemIsDark.value = query.matches);
  effect(() => {
    if (choice.value === "auto") delete document.documentElement.dataset["theme"];
    else document.documentElement.dataset["theme"] = choice.value;
    memory.set("theme", choice.value);
  });
}

/** The button that changes the theme. */
export function ThemeButton(): VNode {
  const words = { auto: "as the system", light: "light", dark: "dark" };
  return (
    <button
      type="button"
      class="button quiet"
      aria-label={`Theme: ${words[choice.value]}. Change`}
      title={`Theme: ${words[choice.value]}`}
      onClick={() => choice.value = NEXT[choice.value]}
    >
      {choice.value === "auto" ? "◐" : choice.value === "light" ? "☼" : "☾"}
    </button>
  );
}
