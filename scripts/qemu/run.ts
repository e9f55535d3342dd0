/**
 * The USB code of the program against a virtual USB bus: Debian's kernel in QEMU, its root the host's file system,
 * read-only, and in it a multifunction device (IPP-over-USB) that answers with the simulated scanner and
 * ippeveprinter. Prints what the guest prints, last `N passed, N failed`. Exit 0 where nothing failed.
 *
 * Usage: node scripts/qemu/run.ts
 * Needs Debian's qemu-system-x86, linux-image-amd64, busybox-static, kmod, cpio, cups-ipp-utils, avahi-daemon, dbus
 * and udev.
 */
import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { generatePaper, PAPER_KINDS } from '../../src/simulators/scanner/index.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
/** Until the guest can see the host's files it has only these; all others it loads from there. */
const BOOT_MODULES = ['virtio_pci', '9pnet_virtio', '9p'];
const LIMIT_MS = 20 * 60_000;

/** The newest kernel that has its modules beside it. */
function kernel(): { image: string; version: string } {
  const versions = readdirSync('/boot').flatMap((name) => {
    const version = /^vmlinuz-(.+)$/.exec(name)?.[1];
    return version !== undefined && existsSync(`/lib/modules/${version}`) ? [version] : [];
  });
  const version = versions.sort().at(-1);
  if (version === undefined) throw new Error('no kernel in /boot (Debian package linux-image-amd64)');
  return { image: `/boot/vmlinuz-${version}`, version };
}

/** The files of modules in the order in which they are loaded. */
function modulesFor(version: string): string[] {
  const files = BOOT_MODULES.flatMap((name) => {
    const shown = spawnSync('modprobe', ['-S', version, '--show-depends', name], { encoding: 'utf8' });
    if (shown.status !== 0) throw new Error(`modprobe knows no ${name}: ${shown.stderr}`);
    return [...shown.stdout.matchAll(/^insmod (\S+)/gm)].map((match) => match[1]!);
  });
  return [...new Set(files)];
}

function initScript(modules: readonly string[]): string {
  const load = modules.map((file) => `insmod /modules/${path.basename(file)}`).join('\n');
  const node = path.join(ROOT, 'node_modules/.bin/node');
  const guest = path.join(import.meta.dirname, 'guest.ts');
  return `#!/bin/busybox sh
/bin/busybox --install -s /bin
export PATH=/bin
mount -t proc proc /proc
${load}
mount -t 9p -o trans=virtio,version=9p2000.L,msize=524288,cache=loose,ro host /host
mount -t proc proc /host/proc
mount -t sysfs sys /host/sys
mount -t devtmpfs dev /host/dev
for dir in tmp run mnt; do mount -t tmpfs -o mode=1777 tmpfs /host/$dir; done
cp -r /pages /host/mnt/pages
ip link set lo up
chroot /host /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/tmp LANG=C.UTF-8 UV_THREADPOOL_SIZE=32 \\
  ${node} --disable-warning=ExperimentalWarning ${guest}
poweroff -f
`;
}

function initramfs(folder: string, modules: readonly string[], pages: readonly Uint8Array[]): string {
  const tree = path.join(folder, 'initramfs');
  for (const dir of ['bin', 'modules', 'pages', 'proc', 'host'])
    mkdirSync(path.join(tree, dir), { recursive: true });
  cpSync('/usr/bin/busybox', path.join(tree, 'bin/busybox'));
  for (const file of modules) cpSync(file, path.join(tree, 'modules', path.basename(file)));
  writeFileSync(path.join(tree, 'init'), initScript(modules));
  chmodSync(path.join(tree, 'init'), 0o755);
  for (const [index, jpeg] of pages.entries())
    writeFileSync(path.join(tree, 'pages', `${String(index).padStart(2, '0')}.jpg`), jpeg);
  const image = path.join(folder, 'initramfs.cpio');
  const packed = spawnSync('sh', ['-c', `find . | cpio -o -H newc --quiet > '${image}'`], { cwd: tree });
  if (packed.status !== 0) throw new Error(`cpio failed: ${packed.stderr}`);
  return image;
}

/** Ten sheets as the scanner delivers them; drawing them inside the guest would take minutes. */
async function pages(): Promise<Uint8Array[]> {
  const kinds = PAPER_KINDS.filter((kind) => kind !== 'blank' && kind !== 'numbered');
  const sheets: Uint8Array[] = [];
  for (let seed = 0; seed < 10; seed++) {
    const kind = kinds[seed % kinds.length]!;
    sheets.push((await generatePaper({ kind, seed, dpi: 150, skew: 0, mode: 'color' })).jpeg);
  }
  return sheets;
}

async function boot(folder: string): Promise<string> {
  const { image, version } = kernel();
  const initrd = initramfs(folder, modulesFor(version), await pages());
  const args = [
    ...['-accel', 'tcg', '-cpu', 'max', '-smp', '2', '-m', '2048'],
    ...['-nodefaults', '-no-user-config', '-display', 'none', '-serial', 'stdio', '-no-reboot'],
    ...['-kernel', image, '-initrd', initrd, '-append', 'console=ttyS0 quiet panic=-1 no_timer_check'],
    ...['-fsdev', 'local,id=host,path=/,security_model=none,readonly=on,multidevs=remap'],
    ...['-device', 'virtio-9p-pci,fsdev=host,mount_tag=host'],
  ];
  const qemu = spawn('qemu-system-x86_64', args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const limit = setTimeout(() => {
    console.log(`the guest did not end within ${LIMIT_MS / 60_000} minutes`);
    qemu.kill('SIGKILL');
  }, LIMIT_MS);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => qemu.kill('SIGKILL'));
  let output = '';
  qemu.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    process.stdout.write(text);
  });
  try {
    await new Promise((resolve, reject) => {
      qemu.once('close', resolve);
      qemu.once('error', reject);
    });
  } finally {
    clearTimeout(limit);
  }
  return output;
}

const folder = mkdtempSync(path.join(tmpdir(), 'counter-qemu-'));
try {
  const started = Date.now();
  const output = await boot(folder);
  const [line, passed, failed] = /(\d+) passed, (\d+) failed/.exec(output) ?? [];
  if (line === undefined) console.log('the guest ended without a result');
  console.log(`${line ?? '0 passed, 1 failed'} (${Math.round((Date.now() - started) / 1000)} s)`);
  process.exitCode = failed === '0' && Number(passed) > 0 ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
