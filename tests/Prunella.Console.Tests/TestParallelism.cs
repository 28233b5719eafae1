// One browser and one server serve all; two tests at a time are as fast as more, and leave a machine to its other work.
[assembly: Xunit.v3.Parallelization(MaxThreads = 2)]
