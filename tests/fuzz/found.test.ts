import { describe, expect, it } from 'vitest';
import { makeTarget } from './targets/all.ts';

/** Inputs that once broke something, as the fuzzer shortened them; Base64. */
const FOUND: readonly {
  readonly target: string;
  readonly what: string;
  readonly input: readonly string[];
}[] = [
  {
    target: 'certificate',
    what: 'a subject without any name',
    input: [
      'MIICFjCCAcigAwIBAgIBAzAFBgMrZXAwRjELMAkGA1UEBhMCVk4xIDAeBgNVBAoMF+G7pnkgYmFuIG5ow6JuIGTDom',
      '4geMOjMRUwEwYDVQQDDAxGdXp6IElzc3VpbhAwIBcNMjUwMTAxMDAwMDAwWhgPMjA0NTAxMDEwMDAwMDBaMAAwKjAF',
      'BgMrZXADIQBVsxyEtkPh7jAE1Javm7WASBbTBfH0akVPsFtPXDiHS6OCAR0wggEZMB0GA1UdDgQWBBTKuKkp6/fLYk',
      'VcKw/GwjVeXNW2uDAfBgNVHSMEGDAWgBSX7/AqDwqjZd4TuzjpJb+V6M1s7TAOBgNVHQ8BAf8EBAMCBsAwDAYDVR0T',
      'AQH/BAIwADAZBgNVHREEEjAQgQ5tYXVAZXhhbXBsZS52bjAsBgNVHR8EJTAjMCGgH6AdhhtodHRwOi8vY3JsLmV4YW',
      '1wbGUudm4vYS5jcmwwXAYIKwYBBQUHAQEEUDBOMCMGCCsGAQUFBzABhhdodHRwOi8vb2NzcC5leGFtcGxlLnZuLzAn',
      'BggrBgEFBQcwAoYbaHR0cDovL2NhLmV4YW1wbGUudm4vY2EuY2VyMBIGA1UdIAQLMAkwBwYFYIVAAQEwBQYDK2VwA0',
      'EAgwVI4+F9utT3kHuM8mr8fJC3VhHKI2gv4FuZY6O5pzHFjssqD/smqcJAvOvvXPEPdgc3EfBG6eGaqmfVpKRjBA==',
    ],
  },
  {
    target: 'cms',
    what: 'a certificate whose subject has no name',
    input: [
      'MIIEaAYJKoZIhvcNAQcCoIIEWTCCBFUCAQMxDTALBglghkgBZQMEAgMwCwYJKoZIhvcNAQcBoIICSTCCAkUwggH3oA',
      'MCAQICAQcwBQYDK2VwMEYxCzAJBgNVBAYTAlZOMSAwHgYDVQQKDBfhu6Z5IGJhbiBuaMOibiBkw6JuIHjDozEVMBMG',
      'A1UEAwwMRnV6eiBJc3N1aW5nMCAXDTI1MDEwMTAwMDAwMFoYDzIwNDUwMTAxMDAwMDAwWjAAMFkwEwYHKoZIzj0CAQ',
      'YIKoZIzj0DAQcDQgAEovoehhG32nUn09XD9iDiWsola7kbstPJUk8Nhrqk93dlTXh2jMMtVp0/O4Rn26zXmSYeKgUm',
      'zsQLBJq8FGVeVKOCAR0wggEZMB0GA1UdDgQWBBSMK0AHSfZ2umAJBOxL/2E7E94elTAfBgNVHSMEGDAWgBSX7/AqDw',
      'qjZd4TuzjpJb+V6M1s7TAOBgNVHQ8BAf8EBAMCBsAwDAYDVR0TAQH/BAIwADAZBgNVHREEEjAQgQ5tYXVAZXhhbXBs',
      'ZS52bjAsBgNVHR8EJTAjMCGgH6AdhhtodHRwOi8vY3JsLmV4YW1wbGUudm4vYS5jcmwwXAYIKwYBBQUHAQEEUDBOMC',
      'MGCCsGAQUFBzABhhdodHRwOi8vb2NzcC5leGFtcGxlLnZuLzAnBggrBgEFBQcwAoYbaHR0cDovL2NhLmV4YW1wbGUu',
      'dm4vY2EuY2VyMBIGA1UdIAQLMAkwBwYFYIVAAQEwBQYDK2VwA0EAHPninJzO/YTSyQR9F05o4H+Oly19WzKePRn25t',
      '6cSNINIsn4TpXcRQgEEyaqFGhghd1gdx5pegpu6IiC2a0VBTGCAeUwggHhAgEBMFYwUTELMAkGA1UEBhMCVk4GCWCG',
      'SAFlAwQCAzEgMB4GA1UECgwX4bumeSBiYW4gbmjDom4gZMOibiB4w6MxFTATBgNVBAMMDEZ1enogSXNzdWluZwIBBz',
      'ALBglghkgBZQMEAgOgggEnMBgGCSqGSIb3DQEJAzELBgkqhkiG9w0BBwEwTwYJKoZIhvcNAQkEMUIEQCeTi2oddf/Q',
      'g+i975egjsKnEKNcEEfKxQEfmovcbLJ7egWS9REHc2BAtMYTLdvU02pcFtu2OJIZc72v1KIJPp4wgbkGCyqGSIb3DQ',
      'EJEAIvMYGpMIGmMIGjMIGgMAsGCWCGSAFlAwQCAwRA4a9SDgbtjICJVqw7Gbrnd3JR0qSKV6/tWqqohEpPfS4nt5mp',
      '3gWdoWaPzGz4qn1xgN2vCUgkeIUHgXoYJooBPTBPMEqkSDBGMQswCQYDVQQGEwJWTjEgMB4GA1UECgwX4bumeSBiYW',
      '4gbmjDom4gZMOibiB4w6MxFTATBgNVBAMMDEZ1enogSXNzdWluZwIBBzAKBggqhkjOPQQDBARANVI5bNT7aVUJy/AR',
      'meo0OsZFeZtSDQMyGYyt0nS5SS0PqPodSk758t5BB6cFIyl/oMph37zfLySbUbLqcn7bDw==',
    ],
  },
];

describe('inputs that were found', () => {
  it.each(FOUND)('$target: $what', async ({ target, input }) => {
    expect(await makeTarget(target).run(Buffer.from(input.join(''), 'base64'))).toBeTypeOf('string');
  });
});
