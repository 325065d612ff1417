using Xunit;

namespace Fanout.Tests.Sources;

/// <summary>Tests that count the process's allocations run alone.</summary>
[CollectionDefinition(nameof(CountsAllocations), DisableParallelization = true)]
public sealed class CountsAllocations;
