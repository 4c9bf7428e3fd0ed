/** What Vue's bundler build asks to be told; the catalog uses none of these features. */
export const vueFlags: Record<string, string> = {
  __VUE_OPTIONS_API__: "false",
  __VUE_PROD_DEVTOOLS__: "false",
  __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: "false",
};
