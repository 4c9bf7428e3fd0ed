import type { Theme } from "vitepress";
import DefaultTheme from "vitepress/theme";
import BenchmarkFigures from "./BenchmarkFigures.vue";
import MermaidDiagram from "./MermaidDiagram.vue";
import "./look.css";

const theme: Theme = {
  extends: DefaultTheme,
  enhanceApp: ({ app }) => {
    app.component("BenchmarkFigures", BenchmarkFigures);
    app.component("MermaidDiagram", MermaidDiagram);
  },
};

export default theme;
