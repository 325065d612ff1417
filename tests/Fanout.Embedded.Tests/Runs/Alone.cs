using Xunit;

namespace Fanout.Embedded.Tests.Runs;

/// <summary>Tests that measure the whole process (memory, threads, open files): no other test runs beside them.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
