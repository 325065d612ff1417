using Xunit;

namespace Fanout.Tests.Telemetry;

/// <summary>Who listens to spans, or measures what the process does, has to do with the runs of all tests: tests that do run alone.</summary>
[CollectionDefinition(nameof(ListensToSpans), DisableParallelization = true)]
public sealed class ListensToSpans;
