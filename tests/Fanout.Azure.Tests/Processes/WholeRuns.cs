using Xunit;

namespace Fanout.Azure.Tests.Processes;

/// <summary>Tests that start many processes, one after another: each would starve the others.</summary>
[CollectionDefinition(nameof(WholeRuns), DisableParallelization = true)]
public static class WholeRuns;
