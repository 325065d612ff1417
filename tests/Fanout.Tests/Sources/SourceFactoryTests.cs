using System.Text.Json;
using Fanout.Conformance.Sources;
using Fanout.Sources;
using Moq;
using Xunit;

namespace Fanout.Tests.Sources;

public sealed class SourceFactoryTests
{
    private readonly FanoutRegistry _registry = new();
    private readonly IServiceProvider _services = Mock.Of<IServiceProvider>();
    private readonly ISource _made = Mock.Of<ISource>();

    [Fact]
    public void CustomSource_IsMadeFromTheRegistry_WithServicesAndOptions()
    {
        using var options = JsonDocument.Parse("""{"table":"orders"}""");
        _registry.Sources["db"] = (services, given) =>
        {
            Assert.Same(_services, services);
            Assert.Equal("orders", given!.Value.GetProperty("table").GetString());
            return _made;
        };
        Assert.Same(_made, Factory().Create(new CustomSourceSpec { Name = "db", Options = options.RootElement }));
    }

    [Fact]
    public void UnknownCustomSource_IsRefused_NamingTheKnownOnes()
    {
        _registry.Sources["db"] = (_, _) => _made;
        _registry.Sources["api"] = (_, _) => _made;
        var error = Assert.Throws<SourceException>(() => Factory().Create(new CustomSourceSpec { Name = "dp" }));
        Assert.Contains("'dp' (registered are: api, db)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Redrive_IsMadeByWhoeverKnowsEarlierRuns()
    {
        var spec = new RedriveSourceSpec { Run = "earlier" };
        Assert.Same(_made, Factory(given => given == spec ? _made : throw new InvalidOperationException()).Create(spec));
    }

    [Fact]
    public void EveryKindOfSpec_HasASource()
    {
        SourceSpec[] specs =
        [
            new LinesSourceSpec { Path = "a" }, new JsonlSourceSpec { Path = "a" }, new JsonSourceSpec { Path = "a" }, new CsvSourceSpec { Path = "a" },
            new RangeSourceSpec { Start = 0, End = 1 }, new InlineSourceSpec { Items = [] }, new FilesSourceSpec { Patterns = ["*"] },
            new LinesSourceSpec { Path = "blob://texts/a" },
        ];
        Assert.All(specs, spec => Assert.NotNull(Factory().Create(spec)));
    }

    private SourceFactory Factory(Func<RedriveSourceSpec, ISource>? redrive = null) =>
        new(_registry, _services, () => Stream.Null, redrive ?? (_ => throw new InvalidOperationException())) { Remote = new MemoryRemote([]) };
}
