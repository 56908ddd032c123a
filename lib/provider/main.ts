import { servePlugin } from "../tfplugin6/serve";
import { hotplugProvider } from "./provider";

void servePlugin(hotplugProvider({ environment: process.env }));
