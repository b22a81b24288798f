/*! Contains Preact (MIT License, Copyright (c) 2015-present Jason Miller) and microdiff (MIT License, Copyright (c) 2021 AsyncBanana). */
import { render } from 'preact';
import { App } from './app.tsx';
import { ErrorBoundary } from './error-boundary.tsx';
import { applyTheme, rememberedTheme } from './theme.ts';

applyTheme(rememberedTheme());
const root = document.getElementById('app');
if (root !== null) {
  const startAnew = (): void => location.replace('/');
  render(
    <ErrorBoundary onLeave={startAnew}>
      <App />
    </ErrorBoundary>,
    root,
  );
}
