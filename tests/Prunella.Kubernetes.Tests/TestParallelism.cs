// Tests mostly wait for the cluster; more at once would only make its two cores slower for everyone.
[assembly: Xunit.v3.Parallelization(MaxThreads = 4)]
