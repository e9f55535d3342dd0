import v8 from 'node:v8';

let kept = false;

/**
 * Tells V8 to keep compiled WebAssembly until its module goes. Threads that run the same module share its code; while
 * one thread ends, another that collects dead code (in the middle of replacing a call to JavaScript by a faster one)
 * reaches into a module that is gone, and the process dies: seen with Node 24 as SIGSEGV and SIGTRAP in
 * wasm::WasmEngine::FreeDeadCode, once in some hundred starts of an engine on a busy machine. What is kept so is
 * small: the first, plain translation of each function. Called before the first thread with WebAssembly starts.
 */
export function keepWasmCode(): void {
  if (kept) return;
  kept = true;
  v8.setFlagsFromString('--no-wasm-code-gc');
}
