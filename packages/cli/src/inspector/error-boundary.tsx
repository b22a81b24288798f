import { Component, type ComponentChildren } from 'preact';

interface ErrorBoundaryProps {
  /** Gets the reader away from what cannot be shown. */
  readonly onLeave: () => void;
  readonly children: ComponentChildren;
}

/** Say so instead of what cannot be drawn; the rest of the page lives on. Give it a key, so that other things are tried anew. */
export class ErrorBoundary extends Component<ErrorBoundaryProps, { readonly error?: Error }> {
  static override getDerivedStateFromError(error: Error): { readonly error: Error } {
    return { error };
  }

  override render(): ComponentChildren {
    const { error } = this.state;
    if (error === undefined) return this.props.children;
    return (
      <div class="failure" role="alert">
        <p>✗ This cannot be shown, a fault of the inspector: {error.message}</p>
        <button type="button" onClick={this.props.onLeave}>
          Leave it
        </button>
      </div>
    );
  }
}
