import type { Theme } from "vitepress";
import DefaultTheme from "vitepress/theme";
import SequenceDiagram from "./SequenceDiagram.vue";
import "./look.css";

const theme: Theme = {
  extends: DefaultTheme,
  enhanceApp: ({ app }) => {
    app.component("SequenceDiagram", SequenceDiagram);
  },
};

export default theme;
