/** A query as retrieval is judged by it. */

/** A query and what is relevant to it: a grade above 0 by id. */
export type Query = { readonly id: string; readonly text: string; readonly grades: ReadonlyMap<string, number> }

export type QuerySet = {
  readonly name: string
  /** What the ids of the grades name. */
  readonly of: 'document' | 'passage'
  readonly queries: readonly Query[]
}
