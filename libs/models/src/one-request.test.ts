import { expect, test } from 'vitest';
import { asOneRequest } from './one-request.ts';

test('a prompt that was sent four times counts once; what was generated counts as it is', () => {
  expect(asOneRequest({ requests: 4, samples: 4, promptTokens: 400, completionTokens: 37 })).toEqual({ requests: 1, samples: 4, promptTokens: 100, completionTokens: 37 });
  expect(asOneRequest({ requests: 1, samples: 4, promptTokens: 100, completionTokens: 37 })).toEqual({ requests: 1, samples: 4, promptTokens: 100, completionTokens: 37 });
  expect(asOneRequest({ requests: 0, samples: 0, promptTokens: 0, completionTokens: 0 })).toEqual({ requests: 1, samples: 0, promptTokens: 0, completionTokens: 0 });
});
