using System.Text.Json;

namespace Fanout.Infra.Tests.Support;

/// <summary>What main.bicepparam deploys in one environment: the compiled template, evaluated as far as it can be without Azure.</summary>
public sealed class Deployment
{
    private const string Prefix = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/group";

    private Deployment(IReadOnlyList<JsonElement> resources) => Resources = resources;

    /// <summary>Every resource, those of modules as well.</summary>
    public IReadOnlyList<JsonElement> Resources { get; }

    /// <summary>All resources of a type.</summary>
    public IEnumerable<JsonElement> OfType(string type) => Resources.Where(resource => resource.GetProperty("type").GetString() == type);

    /// <summary>The properties of the only resource of a type.</summary>
    public JsonElement PropertiesOf(string type) => OfType(type).Single().GetProperty("properties");

    /// <summary>Names and values of the app's settings. Values that only Azure knows are expressions in brackets.</summary>
    public IReadOnlyDictionary<string, string> Settings() =>
        PropertiesOf("Microsoft.Web/sites").GetProperty("siteConfig").GetProperty("appSettings").EnumerateArray()
            .ToDictionary(setting => setting.GetProperty("name").GetString()!, setting => setting.GetProperty("value").GetString()!);

    /// <summary>The roles that are assigned, and the type of resource each is assigned at; nothing: the resource group.</summary>
    public IEnumerable<(string Role, string Scope)> Roles() => OfType("Microsoft.Authorization/roleAssignments").Select(assignment =>
    {
        var role = assignment.GetProperty("properties").GetProperty("roleDefinitionId").GetString()!;
        var id = assignment.GetProperty("id").GetString()!;
        return (role[(role.LastIndexOf('/') + 1)..], TypeOf(id[..id.LastIndexOf("/providers/Microsoft.Authorization/", StringComparison.Ordinal)]));
    });

    internal static async Task<Deployment> PredictAsync(IReadOnlyDictionary<string, string> environment)
    {
        using var copy = new TemplatesCopy();
        var ran = await Bicep.RunAsync(
            [
                "snapshot", copy.PathOf("main.bicepparam"), "--mode", "overwrite", "--location", "westeurope",
                "--subscription-id", Prefix.Split('/')[2], "--resource-group", Prefix.Split('/')[4],
            ],
            environment);
        if (ran is not { ExitCode: 0, Error: "" })
            throw new InvalidOperationException($"bicep snapshot ended with {ran.ExitCode}: {ran.Error}");
        var snapshot = JsonElement.Parse(copy.Read("main.snapshot.json"));
        if (snapshot.GetProperty("diagnostics").GetArrayLength() > 0)
            throw new InvalidOperationException($"bicep snapshot says {snapshot.GetProperty("diagnostics")}");
        return new Deployment([.. snapshot.GetProperty("predictedResources").EnumerateArray()]);
    }

    /// <summary>Of …/providers/Microsoft.X/a/NAME/b/NAME: Microsoft.X/a/b.</summary>
    private static string TypeOf(string id) =>
        !id.StartsWith($"{Prefix}/providers/", StringComparison.Ordinal)
            ? ""
            : string.Join('/', id[$"{Prefix}/providers/".Length..].Split('/').Where((_, index) => index == 0 || index % 2 == 1));
}
