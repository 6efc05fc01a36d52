import { createElement } from "react";
import { createRoot } from "react-dom/client";
import { Application } from "./react-routes.js";

createRoot(document.querySelector("#application")).render(createElement(Application));
