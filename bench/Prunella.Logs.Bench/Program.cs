Console.Error.WriteLine("Name a benchmark; none is built in yet."); return 2;
