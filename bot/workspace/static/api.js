// Talking to the workspace: the state at first, actions, and the stream of changes.

export async function fetchState() {
  const answer = await fetch("/ui/state");
  if (!answer.ok) throw new Error(`state: ${answer.status}`);
  return answer.json();
}

/** Carry out an action of the person; resolves to `{ok, error?, …}` and never rejects. */
export async function act(action, fields = {}) {
  try {
    const answer = await fetch(`/ui/act/${action}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(fields),
    });
    return await answer.json();
  } catch {
    return { ok: false, error: "workspace_unreachable" };
  }
}

/** Follow changes for ever: `onChange(kind, payload)`, and `onLink(up)` when the stream comes or goes. */
export function follow(onChange, onLink) {
  const socket = new WebSocket(`ws://${location.host}/ui/stream`);
  socket.addEventListener("open", () => onLink(true));
  socket.addEventListener("message", (event) => {
    const { kind, payload } = JSON.parse(event.data);
    onChange(kind, payload);
  });
  socket.addEventListener("close", () => {
    onLink(false);
    setTimeout(() => follow(onChange, onLink), 1000);
  });
}

const REASONS = {
  dispatch_failed: "The app did not answer. Is it running?",
  operation_timeout: "The app took too long to answer.",
  workspace_unreachable: "The workspace cannot be reached.",
};

/** What to tell the person of a refused action. */
export const reason = (answer) => REASONS[answer.error] || answer.messages?.join(" ") || `It failed: ${answer.error}`;
