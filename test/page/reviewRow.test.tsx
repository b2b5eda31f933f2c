/** A file of the review that is no UTF-8: it can be read in another encoding from the page too. */
import { cleanup, render, screen } from '@testing-library/react'
import { afterEach, expect, test } from 'vitest'
import type { ReviewedFile } from '../../src/shared/review.ts'
import { remedies } from '../../src/shared/fault.ts'
import { ReviewRow } from '../../src/renderer/views/corpus/ReviewRow.tsx'

afterEach(cleanup)

const latin: ReviewedFile = {
  file: '/files/latin.txt',
  name: 'latin.txt',
  format: 'text',
  bytes: 31,
  hash: null,
  duplicateOf: null,
  fault: { code: 'bad-encoding', reason: 'no UTF-8', remedy: remedies['bad-encoding'] },
  text: null,
  table: null,
}

test('offers to read it as another encoding', () => {
  render(
    <table>
      <tbody>
        <ReviewRow file={latin} taken={false} />
      </tbody>
    </table>,
  )
  expect(screen.getByRole('combobox', { name: 'read as' })).toBeDefined()
})
