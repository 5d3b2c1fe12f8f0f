Console.Error.WriteLine("tiketi-local-cloud: see './build.sh LocalUp'");
return 2;
