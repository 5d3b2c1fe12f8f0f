using Tiketi.Pipeline.Infrastructure;
using Tiketi.Pipeline.Infrastructure.Rendering;

namespace Tiketi.Pipeline.Cost;

/// <summary>Adds up what the rendered templates of an environment cost a month: conditions decided, parameters filled in.</summary>
public sealed class CostEstimator(PriceTable table)
{
    /// <summary>Estimates the environment as its templates state it; asks AWS nothing.</summary>
    /// <param name="request">Stacks and parameters.</param>
    /// <param name="region">The region of the prices.</param>
    public CostEstimate Estimate(InfrastructureRequest request, string region)
    {
        ArgumentNullException.ThrowIfNull(request);
        return Estimate(request.Environment, region, request.Stacks.Select(template => (template.Name, RenderedTemplate.Of(request, template, region))));
    }

    /// <summary>Adds up stacks, wherever their templates and parameters come from.</summary>
    internal CostEstimate Estimate(string environment, string region, IEnumerable<(string Name, RenderedTemplate Template)> stacks)
    {
        var lines = new List<CostLine>();
        var unpriced = new List<UnpricedResource>();
        foreach (var (stack, template) in stacks)
        {
            foreach (var resource in template.Resources)
            {
                if (!CostRules.Knows(resource.Type))
                {
                    unpriced.Add(new UnpricedResource(stack, resource.LogicalId, resource.Type, "what this type costs is not known to Tiketi.Pipeline"));
                }

                Add(stack, resource.LogicalId, resource.Type, CostRules.Of(resource, template.Resources, table));
            }
        }

        if (lines.Exists(line => line.Type == "AWS::EKS::Cluster"))
        {
            Add("k8s", "tiketi-ingress", "Application Load Balancer", CostRules.LoadBalancer(table));
            Add("-", "Traffic", "Data transfer", CostRules.Transfer(table));
        }

        return new CostEstimate(environment, region, lines.Select(line => line.Price.AsOf).Min(StringComparer.Ordinal) ?? table.AsOf, lines, unpriced);

        void Add(string stack, string logicalId, string type, IEnumerable<Charge> charges)
        {
            foreach (var charge in charges)
            {
                if (table.Find(charge.PriceKey) is { } price)
                {
                    lines.Add(new CostLine(stack, logicalId, type, charge.What, charge.Quantity, price, charge.IsUsage));
                }
                else
                {
                    unpriced.Add(new UnpricedResource(stack, logicalId, type, $"infra/prices/{region}.csv has no price {charge.PriceKey}"));
                }
            }
        }
    }
}
