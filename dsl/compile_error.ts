/**
 * Sentences for the compiler to say.
 *
 * @module
 */

/**
 * A type that nothing has: where it is asked for, the compiler prints its text, which says what is wrong.
 *
 * @typeParam Text The sentence.
 */
export type CompileError<Text extends string> = Text & { readonly "compile error": never };
