import { describe, expect, it } from 'vitest';
import { utilityEnvironment } from '../../../src/main/shell/environment.ts';
import { isOwnPage } from '../../../src/main/shell/origin.ts';

describe('our own pages', () => {
  it.each(['app://counter/', 'app://counter', 'app://counter/index.html?x=1#y', 'APP://counter/'])(
    '%s is one',
    (address) => expect(isOwnPage(address)).toBe(true),
  );

  it.each([
    ...[
      '',
      'counter',
      'app:',
      'app://',
      'app:///counter/',
      'app:counter',
      'app://other/',
      'app://counter.vn/',
    ],
    ...[
      'app://counter:80/',
      'app://user@counter/',
      'app://:pw@counter/',
      'apps://counter/',
      'http://counter/',
    ],
    ...[
      'blob:app://counter/1',
      'filesystem:app://counter/x',
      'file:///app://counter/',
      'about:blank',
      'data:,x',
    ],
  ])('%j is none', (address) => expect(isOwnPage(address)).toBe(false));
});

describe('the environment of a utility process', () => {
  it('has what drivers and tokens look for, and nothing else', () => {
    const outside = {
      PATH: '/bin',
      SOFTHSM2_CONF: '/etc/softhsm2.conf',
      COUNTER_LOG: 'debug',
      NODE_OPTIONS: '--inspect',
      LD_PRELOAD: '/tmp/x.so',
      ELECTRON_RUN_AS_NODE: '1',
      PROVINCE_CLIENT_SECRET: 'secret',
      HOME: undefined,
    };
    expect(utilityEnvironment(outside)).toEqual({
      PATH: '/bin',
      SOFTHSM2_CONF: '/etc/softhsm2.conf',
      COUNTER_LOG: 'debug',
    });
  });
});
