using System.Text.Json;
using System.Text.Json.Nodes;
using Fanout.Api.Answers;
using Fanout.Specs;
using Fanout.Views;
using Microsoft.AspNetCore.Http;

namespace Fanout.Api.Routes;

/// <summary>Answers to requests about limits.</summary>
internal static class LimitAnswers
{
    public static async Task<IResult> ListAsync(ApiCall call)
    {
        var limits = await call.Home.Limits.ListAsync(call.Aborted).ConfigureAwait(false);
        return new JsonAnswer(new LimitList([.. limits.Select(LimitView.Of)]));
    }

    public static async Task<IResult> GetAsync(ApiCall call) =>
        new JsonAnswer(LimitView.Of(await call.Home.Limits.GetAsync(call.Id, call.Aborted).ConfigureAwait(false)));

    public static async Task<IResult> PutAsync(ApiCall call)
    {
        var body = await call.Request.ReadJsonAsync().ConfigureAwait(false);
        if (body.ValueKind == JsonValueKind.Object)
        {
            var named = JsonObject.Create(body)!;
            named["name"] = call.Id; // The path says which; a body that says otherwise is not asked.
            body = JsonSerializer.SerializeToElement(named);
        }

        await call.Home.Limits.SetAsync(LimitSpecReader.Read(body), call.Aborted).ConfigureAwait(false);
        return await GetAsync(call).ConfigureAwait(false);
    }

    public static async Task<IResult> DeleteAsync(ApiCall call)
    {
        await call.Home.Limits.RemoveAsync(call.Id, call.Aborted).ConfigureAwait(false);
        return TypedResults.NoContent();
    }
}
