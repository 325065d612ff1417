using Fanout.Specs;
using Xunit;

namespace Fanout.Tests.Specs;

public class SpecFlagsTests
{
    [Theory]
    [InlineData("/flow/concurrency", null, "--concurrency")]
    [InlineData("/flow/limits/0", null, "--limit")]
    [InlineData("/flow/perKey/key", null, "--per-key")]
    [InlineData("/flow/perKey/burst", null, "--per-key-burst")]
    [InlineData("/flow/cost/default", null, "--cost")]
    [InlineData("/failure/retry/maxAttempts", null, "--attempts")]
    [InlineData("/failure/tolerate/percent", null, "--tolerate")]
    [InlineData("/handler/name", null, "--handler")]
    [InlineData("/handler/options/headers/X-Token", null, "--set headers.X-Token")]
    [InlineData("/handler/options/labels/a.b~1c", null, "--set labels.a\\.b/c")]
    [InlineData("/source/path", "jsonl", "--jsonl")]
    [InlineData("/source/end", "range", "--range")]
    [InlineData("/source/container", "blobs", "--blobs")]
    [InlineData("/source/prefix", "blobs", "--blobs")]
    [InlineData("/source/path", null, null)]
    [InlineData("/handler/options", null, null)]
    [InlineData("/batch/lanes", null, null)]
    [InlineData("", null, null)]
    public void Pointer_IsNamedByItsFlag(string pointer, string? sourceKind, string? flag) =>
        Assert.Equal(flag, SpecFlags.NameOf(pointer, sourceKind));

    [Fact]
    public void EveryFlag_SetsAFieldTheSchemaKnows()
    {
        var known = SchemaFields.All.Select(field => field.Pointer).ToHashSet();
        Assert.All(SpecFlags.ByPointer.Keys, pointer => Assert.Contains(pointer, known));
    }

    [Fact]
    public void Error_NamesTheFlag()
    {
        var error = Assert.Single(SpecSamples.ErrorsOf(SpecSamples.With("/flow/concurrency", "0")));
        Assert.Equal("--concurrency: 0 is too small; allowed are 1 to 100,000 items in flight. Raise it to 1 or more.", SpecFlags.Describe(error));
        Assert.Equal("/batch/lanes: x y", SpecFlags.Describe(new SpecError("/batch/lanes", null, "x", "y")));
    }
}
