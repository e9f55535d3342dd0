/**
 * What a utility process may know of the environment it grows from: places, language, and where drivers and tokens
 * keep their settings. Whatever else is there (a secret of another program, NODE_OPTIONS, LD_PRELOAD) stays outside.
 */
const PASSED_ON: readonly string[] = [
  ...['PATH', 'HOME', 'LANG', 'LC_ALL', 'TZ', 'TMPDIR', 'TMP', 'TEMP', 'XDG_RUNTIME_DIR', 'XDG_CONFIG_HOME'],
  ...['SystemRoot', 'SystemDrive', 'windir', 'USERPROFILE', 'APPDATA', 'LOCALAPPDATA', 'ProgramData'],
  ...['ProgramFiles', 'ProgramFiles(x86)', 'PATHEXT', 'COMSPEC'],
  ...['SANE_CONFIG_DIR', 'PCSCLITE_CSOCK_NAME', 'SOFTHSM2_CONF', 'OPENSC_CONF', 'COUNTER_LOG'],
];

export function utilityEnvironment(from: NodeJS.ProcessEnv): Record<string, string> {
  const known = PASSED_ON.flatMap((name) => {
    const value = from[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(known);
}
