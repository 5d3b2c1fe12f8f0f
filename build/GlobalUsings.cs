// All of the build engine's namespaces in one place: a move to another engine starts and ends here.
global using System;
global using System.Collections.Generic;
global using System.IO;
global using System.Linq;
global using System.Net.Http;
global using System.Threading;
global using System.Threading.Tasks;
global using Nuke.Common;
global using Nuke.Common.CI;
global using Nuke.Common.CI.GitHubActions;
global using Nuke.Common.IO;
global using Nuke.Common.Tooling;
global using Nuke.Common.Utilities;
global using Nuke.Common.Utilities.Collections;
global using Serilog;
global using Tiketi.Pipeline;
