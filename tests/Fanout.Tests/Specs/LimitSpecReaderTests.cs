using System.Text.Json;
using Fanout.Flow;
using Fanout.Specs;
using Xunit;

namespace Fanout.Tests.Specs;

public class LimitSpecReaderTests
{
    [Fact]
    public void Limit_IsReadFieldByField()
    {
        Assert.Equal(new LimitSpec("crm-api", 20, Rate.Parse("100/s"), 3), Read("""{"name":"crm-api","concurrency":"20","rate":"100/s","burst":3}"""));
        Assert.Equal(new LimitSpec("crm-api", null, Rate.Parse("100/s"), 10), Read("""{"name":"crm-api","rate":"100/s"}"""));
        Assert.Equal(new LimitSpec("crm-api", 20, null, 1), Read("""{"name":"crm-api","concurrency":20}"""));
    }

    [Theory]
    [InlineData("""{"concurrency":20}""", "/name", "is missing")]
    [InlineData("""{"name":"a b","concurrency":20}""", "/name", "is not a limit's name")]
    [InlineData("""{"name":"a","concurrency":0}""", "/concurrency", "allowed are 1 to 100,000")]
    [InlineData("""{"name":"a","concurrency":2,"burst":5}""", "/burst", "needs a rate")]
    [InlineData("""{"name":"a","rate":"fast"}""", "/rate", "is not a rate")]
    [InlineData("""{"name":"a","rate":"5/s","bursts":5}""", "/bursts", "there is no field")]
    [InlineData("""{"name":"a"}""", "", "limits nothing")]
    [InlineData("[]", "", "is not an object")]
    public void IllegalLimit_IsRefused(string json, string pointer, string problem)
    {
        var error = Assert.Single(Assert.Throws<SpecException>(() => Read(json)).Errors);
        Assert.Equal(pointer, error.Pointer);
        Assert.Contains(problem, error.Problem, StringComparison.Ordinal);
    }

    private static LimitSpec Read(string json) => LimitSpecReader.Read(JsonElement.Parse(json));
}
