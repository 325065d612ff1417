using System.Text.Json;
using System.Text.RegularExpressions;
using Fanout.Infra.Tests.Support;
using Xunit;

namespace Fanout.Infra.Tests;

/// <summary>Every file compiles, and neither the compiler nor its linter has anything to say.</summary>
[Collection(DeploymentsCollection.Name)]
public sealed partial class TemplateTests : IDisposable
{
    private readonly TemplatesCopy _copy = new();

    public void Dispose() => _copy.Dispose();

    [Fact]
    public async Task Templates_BuildWithoutWarning()
    {
        await SaysNothingAsync("build", "--pattern", _copy.PathOf("**/*.bicep"));
        Assert.Contains("main.bicep", Templates.Files(".bicep"));
        Assert.All(Templates.Files(".bicep"), file => Assert.True(File.Exists(Path.ChangeExtension(_copy.PathOf(file), ".json")), file));
    }

    [Fact]
    public async Task Parameters_BuildWithoutWarning()
    {
        await SaysNothingAsync("build-params", "--pattern", _copy.PathOf("**/*.bicepparam"));
        Assert.Contains("main.bicepparam", Templates.Files(".bicepparam"));
        Assert.All(Templates.Files(".bicepparam"), file => Assert.True(File.Exists(Path.ChangeExtension(_copy.PathOf(file), ".json")), file));
    }

    [Theory]
    [InlineData("**/*.bicep")]
    [InlineData("**/*.bicepparam")]
    public async Task Linter_SaysNothing(string files) => await SaysNothingAsync("lint", "--pattern", _copy.PathOf(files));

    [Theory]
    [InlineData(".bicep")]
    [InlineData(".bicepparam")]
    public async Task Formatter_ChangesNothing(string extension)
    {
        await SaysNothingAsync("format", "--pattern", _copy.PathOf($"**/*{extension}"));
        Assert.All(Templates.Files(extension), file => Assert.Equal(Templates.Read(file), _copy.Read(file)));
    }

    [Fact]
    public async Task CompiledTemplate_AsksForNoKey()
    {
        await SaysNothingAsync("build", _copy.PathOf("main.bicep"));
        Assert.Contains("Microsoft.Storage/storageAccounts", _copy.Read("main.json"), StringComparison.Ordinal);
        Assert.DoesNotMatch(WaysToAKey(), _copy.Read("main.json"));
    }

    [Fact]
    public async Task Readme_ListsEveryParameter()
    {
        await SaysNothingAsync("build", _copy.PathOf("main.bicep"));
        var parameters = JsonElement.Parse(_copy.Read("main.json")).GetProperty("parameters").EnumerateObject().Select(parameter => parameter.Name);
        var readme = await File.ReadAllTextAsync(Path.Combine(Templates.Root, "README.md"));
        Assert.Equal(parameters, ParameterRow().Matches(DeploySection().Match(readme).Value).Select(row => row.Groups[1].Value));
    }

    /// <summary>azd deploys a service to the resource whose tag names it.</summary>
    [Fact]
    public void AzureYaml_NamesTheServiceThatTheAppIsTaggedWith()
    {
        var service = Service().Match(Templates.Read("azure.yaml")).Groups[1].Value;
        Assert.NotEmpty(service);
        Assert.Contains($"'azd-service-name': '{service}'", Templates.Read("modules/functions.bicep"), StringComparison.Ordinal);
    }

    private static async Task SaysNothingAsync(params string[] arguments)
    {
        var ran = await Bicep.RunAsync(arguments);
        Assert.Equal(new BicepResult(0, "", ""), ran);
    }

    [GeneratedRegex("list[A-Z][A-Za-z]*\\(|AccountKey|SharedAccessSignature|(?i:secure(String|Object))|InstrumentationKey")]
    private static partial Regex WaysToAKey();

    [GeneratedRegex("^## Deploy$.*?(?=^## )", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex DeploySection();

    [GeneratedRegex("^\\| `([A-Za-z]+)` \\|", RegexOptions.Multiline)]
    private static partial Regex ParameterRow();

    [GeneratedRegex("^services:\\n  ([a-z]+):$", RegexOptions.Multiline)]
    private static partial Regex Service();
}
