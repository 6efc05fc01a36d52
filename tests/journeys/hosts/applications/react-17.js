import { createElement } from "react";
import { render } from "react-dom";
import { Application } from "./react-routes.js";

render(createElement(Application), document.querySelector("#application"));
