import { remember, remembered } from './remembered.ts';

/** `auto`: as the system says. */
export const themes = ['auto', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

export function rememberedTheme(): Theme {
  const name = remembered('theme');
  return themes.find((theme) => theme === name) ?? 'auto';
}

export function applyTheme(theme: Theme): void {
  document.documentElement.dataset.theme = theme;
  remember('theme', theme);
}
